package io.hanse.cli.command;

import io.hanse.cli.value.Value;
import io.hanse.fsm.error.Quoted;

/**
 * Who writes a peer before a slash, as intentions are listed, is told of namespaces: this command,
 * as Consul's, makes no intentions for callers of a peer.
 */
final class PeerSource {
  private static final String REFUSAL = "Invalid SourceNS(";

  private PeerSource() {}

  /** The refusal, and how such an intention is written. */
  static String explained(String text, Value intention) {
    if (!text.contains(REFUSAL)) {
      return text;
    }
    return text
        + "\nIf "
        + Quoted.of(intention.at("SourceNS").text())
        + " is a peer: hanse config write with Kind = \"service-intentions\", Name = "
        + Quoted.of(intention.at("DestinationName").text())
        + " and Sources = [{ Name = "
        + Quoted.of(intention.at("SourceName").text())
        + ", Peer = "
        + Quoted.of(intention.at("SourceNS").text())
        + ", Action = "
        + Quoted.of(intention.at("Action").text())
        + " }], beside the sources that it has";
  }
}
