Feature: The image starts the way people start it
  One file is burnt to a disc or written to a USB stick, and computers have old or new firmware.
  (A disc with the old firmware is what all other features start from.)

  Scenario Outline: From <medium> by <firmware>
    Given the computer is booted from <medium> by <firmware>
    And the network is up
    Then nothing has leaked

    Examples:
      | medium | firmware |
      | CD     | UEFI     |
      | USB    | BIOS     |
      | USB    | UEFI     |
