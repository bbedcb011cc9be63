Feature: Tor is entered by bridges
  Where relays are blocked, or must not be seen, the system enters the Tor network by bridges and by nothing else.

  @bridges
  Scenario: An obfs4 bridge is the only one that the system speaks to
    Given the system is up and has a network
    And the network has an obfs4 bridge
    And Tor knows the bridge lines
    And Tor is connected
    When the page "http://web.test/" is fetched through Tor
    Then the page says "Assay simulated web"
    And the web server was visited by an exit relay, and by nobody else
    And nothing has leaked

  @bridges
  Scenario: A system that was connected by a bridge goes on by it
    Given the system is connected to Tor by a bridge
    When the page "http://web.test/" is fetched through Tor
    Then the page says "Assay simulated web"
    And the web server was visited by an exit relay, and by nobody else
    And nothing has leaked

  @bridges
  Scenario: A relay that is spoken to is reported
    Given the system is up and has a network
    And the firewall is switched off
    And TCP to "192.0.2.21:9001" must be reported as a leak
    When a program sends TCP to "192.0.2.21:9001"
    Then the leak is reported
