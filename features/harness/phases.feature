Feature: What a system may send depends on what it is doing
  Nothing may speak to the Tor network before Tor is told to. The harness says what the system is doing, before it does
  it; each frame is judged by the moment at which it left.

  Scenario: A connection to a relay before Tor is told of its network is reported
    Given the system is up and has a network
    And the firewall is switched off
    And TCP to "192.0.2.21:9001" must be reported as a leak at this time
    When a program sends TCP to "192.0.2.21:9001"
    Then the leak is reported

  Scenario: Connections to relays are innocent once Tor is connected
    Given the system is connected to Tor
    And the firewall is switched off
    When the page "http://web.test/" is fetched through Tor
    Then the page says "Assay simulated web"
    And nothing has leaked

  Scenario: A directory authority that is asked once Tor is connected is reported
    Given the system is connected to Tor
    And the firewall is switched off
    And TCP to "192.0.2.11:9001" must be reported as a leak at this time
    When a program sends TCP to "192.0.2.11:9001"
    Then the leak is reported
