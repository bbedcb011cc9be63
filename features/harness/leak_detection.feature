Feature: The leak detector sees what gets out
  A detector that never fires proves nothing. With the firewall switched off, each kind of traffic must be
  reported as the leak that it is. Only the leak that a scenario announces is forgiven; any other ends it.

  Background:
    Given the system is up and has a network
    And the firewall is switched off

  Scenario Outline: <traffic> to <destination> is reported
    Given <traffic> to "<destination>" must be reported as a leak
    When a program sends <traffic> to "<destination>"
    Then the leak is reported

    Examples:
      | traffic | destination       |
      | TCP     | 203.0.113.80:80   |
      | UDP DNS | 203.0.113.53:53   |
      | TCP DNS | 203.0.113.53:53   |
      | ICMP    | 203.0.113.80      |
      | NTP     | 203.0.113.123:123 |

  Scenario: IPv6 is reported
    Given IPv6 to "2001:db8:80::80" must be reported as a leak
    And IPv6 is switched on
    When a program sends IPv6 to "2001:db8:80::80"
    Then the leak is reported

  Scenario: A network that answers every address hears what leaks
    Given the network answers every address
    And UDP DNS to "9.9.9.9:53" must be reported as a leak
    When a program sends UDP DNS to "9.9.9.9:53"
    Then the leak is reported
    And the sinkhole heard DNS for "web.test"
