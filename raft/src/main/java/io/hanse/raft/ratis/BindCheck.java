package io.hanse.raft.ratis;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** Finds out whether Ratis can listen: it exits the process when it can't. */
final class BindCheck {
  private BindCheck() {}

  static void run(InetSocketAddress address) {
    try (ServerSocket probe = new ServerSocket()) {
      probe.setReuseAddress(true);
      probe.bind(address);
    } catch (IOException e) {
      throw new ProblemException(
          ProblemCode.FAILED_PRECONDITION,
          "can't listen for Raft on "
              + address
              + ": "
              + e.getMessage()
              + "; choose another ports.server",
          e);
    }
  }
}
