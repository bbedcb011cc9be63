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
