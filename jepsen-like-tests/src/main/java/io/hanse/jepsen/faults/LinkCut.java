package io.hanse.jepsen.faults;

import io.hanse.jepsen.lab.Cluster;
import io.hanse.jepsen.lab.Network;
import java.io.IOException;

/** Loses what two clusters send to each other, or what one sends to the other. */
final class LinkCut implements Nemesis {
  /** Which of the two hears nothing more. */
  enum Deaf {
    EXPORTER,
    IMPORTER,
    BOTH
  }

  private final Network network;
  private final int size;
  private final Deaf deaf;

  /** Between hosts 0 to {@code size} - 1, of the exporting cluster, and as many after them. */
  LinkCut(Network network, int size, Deaf deaf) {
    this.network = network;
    this.size = size;
    this.deaf = deaf;
  }

  @Override
  public void begin(Cluster cluster) throws IOException, InterruptedException {
    for (int exporter = 0; exporter < size; exporter++) {
      for (int importer = size; importer < 2 * size; importer++) {
        if (deaf != Deaf.EXPORTER) {
          network.cut(exporter, importer);
        }
        if (deaf != Deaf.IMPORTER) {
          network.cut(importer, exporter);
        }
      }
    }
  }

  /** A connection takes both directions. */
  @Override
  public boolean isFelt(Cluster cluster) throws IOException, InterruptedException {
    return !network.reaches(0, size) && !network.reaches(size, 0);
  }

  @Override
  public void end(Cluster cluster) throws IOException, InterruptedException {
    network.heal();
  }

  @Override
  public String toString() {
    return "cut the link, deaf: " + Targets.words(deaf);
  }
}
