Feature: Behind a captive portal
  In a hotel nothing works until a form was sent. The system waits for that, without telling more than it has to.

  @portal
  Scenario: Tor connects once the form was sent
    Given the system is up and has a network
    And the network answers every address
    And the network has a captive portal
    When the captive portal's form is sent
    Then the page says "Assay captive portal"
    Given Tor is connected
    When the page "http://web.test/" is fetched through Tor
    Then the page says "Assay simulated web"
    And nothing was said to the sinkhole
    And nothing has leaked
