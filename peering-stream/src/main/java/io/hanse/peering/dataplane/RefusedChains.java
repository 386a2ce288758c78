package io.hanse.peering.dataplane;

import io.hanse.fsm.error.ProblemException;
import io.hanse.peering.protocol.PeerTexts;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Chains that could not be compiled. Each is told once, until it can be again: all sidecars that
 * call the service ask for it at every change. Safe from any thread.
 */
final class RefusedChains {
  /** More are not told. Whoever mends these learns of the others. */
  static final int TOLD_MAX = 100;

  private static final Logger LOG = LoggerFactory.getLogger(RefusedChains.class);

  private final Set<String> told = ConcurrentHashMap.newKeySet();

  /** Answers whether it was worth a line. */
  boolean refused(String service, ProblemException problem) {
    if (told.size() >= TOLD_MAX || !told.add(service)) {
      return false;
    }
    LOG.warn(
        "discovery chain refused, sidecars go to the service itself service={} reason={}",
        PeerTexts.shown(service),
        problem.getMessage());
    return true;
  }

  void compiled(String service) {
    told.remove(service);
  }
}
