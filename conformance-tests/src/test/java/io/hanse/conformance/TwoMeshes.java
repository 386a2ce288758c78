package io.hanse.conformance;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Two clusters of ours, no peers yet, and a data plane of each, of which nothing runs yet. */
class TwoMeshes {
  @TempDir Path folder;

  PeerCluster alpha;
  PeerCluster beta;
  DataPlane ofAlpha;
  DataPlane ofBeta;

  private final List<AutoCloseable> parts = new ArrayList<>();

  @BeforeEach
  void startClusters() throws IOException {
    alpha = part(PeerCluster.start("alpha", Product.HANSE, folder));
    beta = part(PeerCluster.start("beta", Product.HANSE, folder));
    ofAlpha = part(new DataPlane(alpha, folder));
    ofBeta = part(new DataPlane(beta, folder));
  }

  /** Is closed after the test, before all that was there earlier. */
  final <T extends AutoCloseable> T part(T part) {
    parts.add(0, part);
    return part;
  }

  @AfterEach
  void closeParts() throws Exception {
    for (AutoCloseable each : parts) {
      each.close();
    }
  }
}
