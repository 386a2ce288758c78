package io.hanse.cli.agent;

import com.google.protobuf.Message;
import io.hanse.cli.config.AgentConfig;
import io.hanse.cli.value.JsonText;
import io.hanse.cli.value.Value;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.row.CheckType;
import io.hanse.fsm.row.ServiceDefinition;
import io.hanse.http.agent.LocalAgent.CheckRegistration;
import io.hanse.http.json.MessageJson;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletionException;

/** Services and checks of the agent's configuration files, registered at its start. */
final class FileDefinitions {
  private FileDefinitions() {}

  /** Fails where one can't be registered, and says which. */
  static void register(AgentConfig config, AgentCore core) {
    for (Value value : config.services()) {
      ServiceDefinition service = read(value, ServiceDefinition.newBuilder()).build();
      named(
          "service \"" + service.getName() + "\"",
          () -> core.registerService(service, true).join());
    }
    for (Value value : config.checks()) {
      CheckType check = read(value, CheckType.newBuilder()).build();
      named(
          "check \"" + check.getName() + "\"",
          () -> core.registerCheck(new CheckRegistration("", check)).join());
    }
  }

  private static <B extends Message.Builder> B read(Value value, B into) {
    String text = JsonText.compact(value);
    List<String> unknown = MessageJson.readWeakly(text.getBytes(StandardCharsets.UTF_8), into);
    if (!unknown.isEmpty()) {
      throw Problems.invalid("invalid config key \"" + unknown.get(0) + "\" in " + text);
    }
    return into;
  }

  private static void named(String what, Runnable registration) {
    try {
      registration.run();
    } catch (CompletionException e) {
      throw e.getCause() instanceof ProblemException problem
          ? new ProblemException(problem.code(), what + ": " + problem.getMessage(), problem)
          : e;
    }
  }
}
