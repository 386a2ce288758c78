package io.hanse.jepsen.lab;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What this machine offers for faults beyond those of processes.
 *
 * @param network to cut; empty: servers run on loopback
 * @param shimLibrary to make disks fail and clocks wrong; empty: they are well
 */
public record Lab(Optional<Network> network, Optional<Path> shimLibrary) implements AutoCloseable {
  /** Takes what there is, and says what there is not. */
  public static Lab open(Path folder, int servers) throws IOException, InterruptedException {
    Optional<Path> library = ShimLibrary.build(folder);
    if (library.isEmpty()) {
      System.out.println("LEFT OUT: faults of disks and clocks (there is no gcc)");
    }
    Optional<String> obstacle = Network.obstacle();
    if (obstacle.isPresent()) {
      System.out.println("LEFT OUT: cuts of the network (" + obstacle.get() + ")");
      return new Lab(Optional.empty(), library);
    }
    return new Lab(Optional.of(Network.make(servers)), library);
  }

  @Override
  public void close() {
    network.ifPresent(Network::close);
  }
}
