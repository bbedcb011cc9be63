Feature: Scenarios that start from one checkpoint know nothing of each other
  Each of them gets a copy of the state. Whatever one does to its copy, neither the others nor the checkpoint may
  change, whether they run side by side or one after the other.

  Scenario Outline: Marks that a scenario leaves are its own (<number>)
    Given the system is up and has a network
    Then the system bears no mark
    When the system is marked everywhere
    Then the system bears every mark

    Examples:
      | number |
      | 1      |
      | 2      |
      | 3      |
