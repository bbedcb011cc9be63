Feature: It is known who in the guest sent a leak
  Whoever has to mend a leak needs its user and its program. The system is asked at once, while the program may still run;
  and it remembers who sent what, also when its firewall was flushed together with every other table.

  Scenario: A program that still runs
    Given the system is connected to Tor
    And the firewall is switched off
    # A bridge says nothing before it is spoken to as it wants.
    And TCP to "203.0.113.11:9443" must be reported as a leak
    When a program of the user "live" keeps a connection to "203.0.113.11:9443" open
    Then the leak is reported
    And the leak was sent by the user "live" with the program "/usr/bin/sleep"

  Scenario Outline: A program that has ended: <traffic>
    Given the system is up and has a network
    And the firewall is switched off
    And <traffic> to "<destination>" must be reported as a leak
    When a program of the user "live" sends <traffic> to "<destination>"
    Then the leak is reported
    And the leak was sent by the user "live"

    Examples:
      | traffic | destination     |
      | TCP     | 203.0.113.80:81 |
      | UDP DNS | 203.0.113.53:53 |
