Feature: States from another time
  What a checkpoint of yesterday looks like today, and one that was made before the host's clock was set back.

  @temporary
  Scenario Outline: Tor is connected in a system whose clock is <days> days off
    Given the system is connected to Tor
    And the clock is set <days> days off

    Examples:
      | days |
      | -1   |
      | 1    |
