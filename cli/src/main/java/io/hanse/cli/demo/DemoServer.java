package io.hanse.cli.demo;

import io.hanse.cli.client.ApiClient;
import java.time.Duration;

/** One server of a cluster. */
record DemoServer(String name, ManagedProcess process, String httpAddress) {
  private static final Duration ANSWER = Duration.ofSeconds(10);

  ApiClient api() {
    return ApiClient.of(httpAddress).withTimeout(ANSWER);
  }

  String url(String target) {
    return "http://" + httpAddress + target;
  }
}
