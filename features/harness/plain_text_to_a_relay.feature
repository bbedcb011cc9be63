Feature: An address alone allows nothing
  A rule that looks at addresses only would let any program speak plainly to a relay, or to whoever sits on the way.

  Scenario: What is no TLS is reported, even to a relay
    Given the system is connected to Tor
    And the firewall is switched off
    And TCP without TLS to "192.0.2.21:9001" must be reported as a leak
    When a program sends TCP without TLS to "192.0.2.21:9001"
    Then the leak is reported
