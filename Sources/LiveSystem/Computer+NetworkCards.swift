import VirtualMachines

extension Computer {
    /// Plugs in one more network card, of which not even the first frame goes unseen.
    ///
    /// - Throws: ``ComputerError/off``, or a `MachineError`.
    public func plugInNetworkCard() async throws {
        let machine = try on().machine
        scenario.phase("plugging in a network card")
        try await machine.attach(try await board.makeCard())
        await board.audit(machine)
    }

    /// Plugs out the network card that was plugged in last, and waits until the system has let go of it.
    ///
    /// - Throws: ``ComputerError/off``, ``ComputerError/noCardToPlugOut``, or a `MachineError`.
    public func plugOutNetworkCard() async throws {
        let machine = try on().machine
        guard let name = await board.lastCard else { throw ComputerError.noCardToPlugOut }
        try await machine.detach(name, within: .seconds(20) * settings.timeoutScale)
        await board.cardIsOut(name)
        await board.audit(machine)
    }

    /// How many frames that left by the network card that was plugged in last were reported as leaks.
    ///
    /// - Throws: ``ComputerError/noCardToPlugOut``.
    public var leaksOfPluggedCard: Int {
        get async throws {
            guard let name = await board.lastCard else { throw ComputerError.noCardToPlugOut }
            return await board.findings(of: name)
        }
    }
}
