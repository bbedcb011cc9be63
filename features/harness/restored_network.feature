Feature: A restored system finds its network as it was
  The steps of a checkpoint are not run again. What they started in the network is there all the same, with the same
  keys.

  Scenario: Servers and sinkhole are there again
    Given the system uses an ssh server in a network that answers every address
    When the ssh server is visited through Tor
    Then the page says "Your address is 198.51.100."
    And the ssh server was used by an exit relay, and by nobody else
    And nothing was said to the sinkhole
    And nothing has leaked
