package io.hanse.cli.program;

import io.hanse.cli.config.AgentConfig;

/** Sets how a program logs, before its first logger is made: the logging library reads these. */
final class Logs {
  private Logs() {}

  static void configure(AgentConfig.Logging logging) {
    level(logging.level());
    if (logging.json()) {
      System.setProperty("logback.configurationFile", "logback-json.xml");
    }
  }

  static void level(String level) {
    System.setProperty("hanse.log", level);
    System.setProperty("hanse.log.target", "System.out");
  }
}
