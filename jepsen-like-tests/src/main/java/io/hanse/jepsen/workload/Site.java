package io.hanse.jepsen.workload;

import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.List;

/** What clients of all workloads of a run share: the servers' addresses and the pulse. */
public record Site(List<URI> servers, HttpClient http, Pulse pulse) {
  public static Site of(List<URI> servers) {
    HttpClient http = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(1)).build();
    return new Site(List.copyOf(servers), http, new Pulse());
  }

  Api api(int server) {
    return new Api(http, servers.get(server), pulse);
  }
}
