package io.hanse.jepsen.workload;

import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.List;

/**
 * What clients of all workloads of a run share.
 *
 * @param rest how many times as long as usual a client rests after an operation
 */
public record Site(List<URI> servers, HttpClient http, Pulse pulse, int rest) {
  public static Site of(List<URI> servers) {
    return of(servers, 1);
  }

  public static Site of(List<URI> servers, int rest) {
    HttpClient http = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(1)).build();
    return new Site(List.copyOf(servers), http, new Pulse(), rest);
  }

  Api api(int server) {
    return new Api(http, servers.get(server), pulse);
  }
}
