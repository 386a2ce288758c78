package io.hanse.cli.client;

import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Parameters;

/** A mixin that takes arguments, and does nothing with them, where Consul's command does so. */
public final class IgnoredArguments {
  @Parameters(hidden = true)
  private @Nullable List<String> ignored;
}
