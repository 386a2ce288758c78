package io.hanse.http.server;

import io.hanse.fsm.port.CommandSubmitter;
import io.hanse.fsm.port.StateReader;
import io.hanse.http.endpoints.CatalogEndpoints;
import io.hanse.http.endpoints.Endpoints;
import io.hanse.http.endpoints.HealthEndpoints;
import io.hanse.http.exchange.Transfers;
import io.hanse.http.query.Reads;
import io.hanse.http.route.Endpoint;
import io.hanse.http.route.EndpointTable;
import io.hanse.http.route.Router;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.function.BiFunction;
import javax.net.ssl.SSLContext;

/** The HTTP API of one agent: its endpoints over the ports they work on, served at addresses. */
public final class HttpApi implements AutoCloseable {
  private final HttpServer server;
  private final Reads reads;
  private final Transfers transfers;

  private HttpApi(HttpServer server, Reads reads, Transfers transfers) {
    this.server = server;
    this.transfers = transfers;
    this.reads = reads;
  }

  /** Builds it; nothing is bound yet. */
  public static HttpApi of(Endpoints.Ports ports, HttpSettings settings, int threadCount) {
    return of(
        ports.reader(),
        settings,
        ports.agent().datacenter(),
        threadCount,
        (reads, transfers) ->
            EndpointTable.all(
                Endpoints.of(ports, settings.defaultIntentionPolicy(), transfers), reads));
  }

  /** Of the catalog and its health alone, for connections inside of this process. */
  public static HttpApi ofCatalog(
      StateReader reader, CommandSubmitter submitter, String datacenter) {
    return of(
        reader,
        HttpSettings.DEFAULTS,
        datacenter,
        1,
        (reads, transfers) ->
            EndpointTable.ofCatalog(
                CatalogEndpoints.over(submitter, datacenter), new HealthEndpoints(), reads));
  }

  private static HttpApi of(
      StateReader reader,
      HttpSettings settings,
      String datacenter,
      int threadCount,
      BiFunction<Reads, Transfers, List<Endpoint>> endpoints) {
    Reads reads = new Reads(reader, settings.reads(), settings.isIndented());
    Transfers transfers = new Transfers(settings.transferFolder());
    Router router = new Router(endpoints.apply(reads, transfers));
    LoadedState state = new LoadedState(reader, settings.reads().patience());
    Dispatcher dispatcher = new Dispatcher(router, settings, datacenter, state);
    return new HttpApi(
        new HttpServer(settings, dispatcher, transfers, threadCount), reads, transfers);
  }

  /** A connection from inside of this process. */
  public LocalConnection connect() {
    return new LocalConnection(server);
  }

  /**
   * Listens at an address; port 0 means any that is free.
   *
   * @return where it listens
   */
  public InetSocketAddress listen(InetSocketAddress address) {
    return server.listen(address);
  }

  /**
   * The same with TLS.
   *
   * @param verify whether clients have to show a certificate that the context believes
   */
  public InetSocketAddress listenTls(InetSocketAddress address, SSLContext tls, boolean verify) {
    return server.listenTls(address, tls, verify);
  }

  /** How many blocking queries are held back now. */
  public int parkedCount() {
    return reads.parkedCount();
  }

  @Override
  public void close() {
    transfers.close();
    reads.close();
    server.close();
  }
}
