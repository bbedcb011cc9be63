Feature: A stranger on the network gets no answer
  Who can ask a system can find and recognise it. The system answers ARP, without which it would get no packet, and
  nothing else.

  Scenario: The system is scanned when it has a network
    Given the system is up and has a network
    When I scan the system from the network
    Then it answers nothing but "ARP"
    And nothing has leaked

  Scenario: The system is scanned while Tor is connected
    Given the system is connected to Tor
    When I scan the system from the network
    Then it answers nothing but "ARP"
    And nothing has leaked

  Scenario: Every port is scanned
    Given the system is connected to Tor
    When I scan every port of the system from the network
    Then it answers nothing but "ARP"
    And nothing has leaked

  Scenario: The system is scanned while it boots
    Given the computer is started
    When I scan the system by broadcast
    Then it answers nothing
    When I scan the system by broadcast
    Then it answers nothing but "ARP"

  Scenario: The system is scanned while it shuts down
    Given the system is up and has a network
    When the system begins to shut down
    And I scan the system from the network
    Then it answers nothing but "ARP"
    And nothing has leaked

  Scenario: A scan that never finds anything proves nothing
    Given the system is up and has a network
    And the firewall is switched off
    And TCP to "10.2.1.247:40247" must be reported as a leak
    And ICMP to "10.2.1.247" must be reported as a leak
    When I scan the system from the network
    Then it answers by "ARP, TCP, UDP, ICMP echo"
    And the leak is reported
