package io.hanse.fsm.chain;

import io.hanse.fsm.view.ConfigEntries;

/** The protocol of one chain: all services of this cluster in it must speak the same. */
final class ChainProtocol {
  private final String chain;
  private final ChainSources sources;
  private String spoken = "";

  ChainProtocol(String chain, ChainSources sources) {
    this.chain = chain;
    this.sources = sources;
  }

  /** Takes a service into the chain. */
  void require(String service) {
    String protocol = sources.protocol(service);
    if (spoken.isEmpty()) {
      spoken = protocol;
    } else if (!spoken.equals(protocol)) {
      throw ChainProblems.invalid(
          "discovery chain \""
              + chain
              + "\" uses inconsistent protocols; service \""
              + service
              + "\" has \""
              + protocol
              + "\" which is not \""
              + spoken
              + "\"");
    }
  }

  void requireRequests() {
    if (!ConfigEntries.isHttpLike(spoken)) {
      throw ChainProblems.invalid(
          "discovery chain \""
              + chain
              + "\" uses a protocol \""
              + spoken
              + "\" that does not permit advanced routing or splitting behavior");
    }
  }

  String spoken() {
    return spoken;
  }
}
