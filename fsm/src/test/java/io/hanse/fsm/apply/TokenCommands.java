package io.hanse.fsm.apply;

import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.PeerAddress;
import io.hanse.fsm.row.Peering;
import io.hanse.fsm.row.PinPeerAddresses;
import io.hanse.fsm.row.RevokePeeringToken;
import io.hanse.fsm.row.RotateStreamSecret;
import io.hanse.fsm.row.WritePeering;

/** Commands about tokens, secrets and addresses of peerings that a Consul has no word for. */
final class TokenCommands {
  private TokenCommands() {}

  /** As the servers of today write it: what becomes of tokens is remembered. */
  static Command.Builder remembering(Command.Builder write) {
    write.getWritePeeringBuilder().setRemembers(true);
    return write.setLevel(3);
  }

  static Command.Builder revoke(String name) {
    return Command.newBuilder()
        .setRevokePeeringToken(RevokePeeringToken.newBuilder().setName(name));
  }

  static Command.Builder rotate(String id, String current, String next) {
    return Command.newBuilder()
        .setRotateStreamSecret(
            RotateStreamSecret.newBuilder().setPeeringId(id).setCurrent(current).setNext(next));
  }

  /** Only in place of another one. */
  static Command.Builder follow(String id, String replaced, String active) {
    return remembering(
        Command.newBuilder()
            .setWritePeering(
                WritePeering.newBuilder()
                    .setSecretsOnly(true)
                    .setPeering(Peering.newBuilder().setId(id))
                    .setEstablish(
                        WritePeering.Establish.newBuilder()
                            .setReplaced(replaced)
                            .setActiveStream(active))));
  }

  static Command.Builder pin(String name, String... addresses) {
    PinPeerAddresses.Builder pins = PinPeerAddresses.newBuilder().setName(name);
    for (String address : addresses) {
      pins.addAddresses(PeerAddress.newBuilder().setAddress(address).setLabel("of " + address));
    }
    return Command.newBuilder().setPinPeerAddresses(pins);
  }
}
