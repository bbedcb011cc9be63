Feature: No network card goes unseen
  People plug in a second network card, or a telephone that is one. What leaves by it is captured and judged like all
  else, from its first frame on.

  Scenario: A leak through a card that is plugged in is reported
    Given the system is up and has a network
    And the firewall is switched off
    And ICMP to "203.0.113.80" must be reported as a leak
    When a network card is plugged in
    And a program sends ICMP to "203.0.113.80" through the card that was plugged in
    Then the leak is reported, on the card that was plugged in

  Scenario: A card that comes and goes leaks nothing
    Given the system is up and has a network
    When a network card is plugged in
    And the network card is plugged out
    And a network card is plugged in
    Then nothing has leaked
