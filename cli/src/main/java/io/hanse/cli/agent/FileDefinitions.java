package io.hanse.cli.agent;

import com.google.protobuf.Message;
import io.hanse.cli.config.AgentConfig;
import io.hanse.cli.value.JsonText;
import io.hanse.cli.value.Value;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.row.ServiceDefinition;
import io.hanse.http.agent.LocalAgent;
import io.hanse.http.json.MessageJson;
import io.hanse.http.request.CheckRegistration;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletionException;

/** Services and checks of the agent's configuration files, registered at its start. */
final class FileDefinitions {
  private FileDefinitions() {}

  /** Fails where one can't be registered, and says which. */
  static void register(AgentConfig config, AgentCore core) {
    for (Value value : config.services()) {
      ServiceDefinition service = read(value, ServiceDefinition.newBuilder()).build();
      named("service \"" + service.getName() + "\"", () -> core.registerFromFile(service).join());
    }
    for (Value value : config.checks()) {
      LocalAgent.CheckRegistration check =
          LocalAgent.CheckRegistration.of(read(value, CheckRegistration.newBuilder()).build());
      named(
          "check \"" + check.definition().getName() + "\"", () -> core.registerCheck(check).join());
    }
  }

  private static <B extends Message.Builder> B read(Value value, B into) {
    // Unknown keys were refused when the file was read.
    MessageJson.readWeakly(JsonText.compact(value).getBytes(StandardCharsets.UTF_8), into);
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
