Feature: The clock

  Scenario: The clock of a system that has just booted is not far off
    Given the computer is booted
    Then the clock is between the years 2020 and 2100
