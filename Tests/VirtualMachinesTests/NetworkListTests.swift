import Testing
import VirtualMachines

@Suite("QEMU's list of network cards")
struct NetworkListTests {
    @Test("each card has one name, at both ends")
    func described() {
        let text = """
            ua-card: index=0,type=nic,model=virtio-net-pci,macaddr=52:54:00:5a:11:0e\r
             \\ hostua-card: index=0,type=tap,fd=33\r
            ua-card-2: index=0,type=nic,model=virtio-net-pci,macaddr=52:54:00:5a:11:0f\r
             \\ hostua-card-2: index=0,type=tap,fd=41\r

            """
        #expect(NetworkList.names(text) == ["card", "card-2"])
    }

    @Test("a card that nobody described has QEMU's name, and so has what hangs at none")
    func foreign() {
        let text = """
            ua-card: index=0,type=nic,model=virtio-net-pci,macaddr=52:54:00:5a:11:0e\r
             \\ hostua-card: index=0,type=tap,fd=33\r
            e1000.0: index=0,type=nic,model=e1000,macaddr=52:54:00:12:34:56\r
             \\ user.0: index=0,type=user,net=10.0.2.0,restrict=off\r

            """
        #expect(NetworkList.names(text) == ["card", "e1000.0", "user.0"])
    }
}
