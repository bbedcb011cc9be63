Feature: A bad link is slow, and no way around Tor
  Links lose packets, take their time and carry little. The system waits, and tries again through Tor.

  Background:
    Given the system is connected to Tor

  Scenario: A page comes over a link that loses packets
    Given the link loses 5% of the packets
    When the page "http://web.test/" is fetched through Tor
    Then the page says "Assay simulated web"
    And nothing has leaked

  Scenario: A page comes over a link that is slow and far away
    Given the link delays by 200 ± 50 ms
    And the link carries 1 Mbit/s
    When the page "http://web.test/" is fetched through Tor
    Then the page says "Assay simulated web"
    And nothing has leaked

  Scenario: A link that is cut carries nothing, and all again when it is mended
    Given the link loses 100% of the packets
    Then the page "http://web.test/" can't be fetched through Tor
    When the link is good again
    And the page "http://web.test/" is fetched through Tor
    Then the page says "Assay simulated web"
    And nothing has leaked
