package io.hanse.cli.client;

import picocli.CommandLine.Option;

/** The flag of commands that otherwise want an answer of which the leader has a part. */
public final class StaleFlag {
  @Option(
      names = "-stale",
      description = "Any server may answer from what it has, also while there is no leader.")
  private boolean stale;

  public Request on(Request request) {
    return stale ? request.with("stale", "") : request;
  }
}
