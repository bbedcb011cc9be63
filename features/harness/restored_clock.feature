Feature: A restored system lives in the present
  A checkpoint may be a day old, or the host's clock may have been set back since it was made. The clock comes to
  the present before anything else, and Tor, which believes no network from another time, works then.

  Scenario Outline: The state is from a clock that is <days> days off
    Given Tor is connected in a system whose clock is <days> days off
    Then the clock is right
    When the page "http://web.test/" is fetched through Tor
    Then the page says "Assay simulated web"
    And nothing has leaked

    Examples:
      | days |
      | -1   |
      | 1    |
