package io.hanse.http.server;

import io.hanse.fsm.port.Attempt;
import io.hanse.http.exchange.Answer;
import io.hanse.http.exchange.Call;
import io.hanse.http.exchange.Escapes;
import io.hanse.http.exchange.Handler;
import io.hanse.http.exchange.HttpProblem;
import io.hanse.http.exchange.Parameters;
import io.hanse.http.exchange.ProblemResponses;
import io.hanse.http.route.Endpoint;
import io.hanse.http.route.Endpoint.Operation;
import io.hanse.http.route.Endpoint.Scope;
import io.hanse.http.route.Router;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What happens to every request before its handler, in the order that clients can observe: the
 * path, the query, what is blocked, the method, the parameters that all endpoints share.
 */
final class Dispatcher {
  private static final String KV = "/v1/kv/";
  private static final String TXN = "/v1/txn";
  private static final Set<String> READING = Set.of("GET", "HEAD", "OPTIONS");

  private final Router router;
  private final HttpSettings settings;
  private final String datacenter;
  private final LoadedState state;

  Dispatcher(Router router, HttpSettings settings, String datacenter, LoadedState state) {
    this.router = router;
    this.settings = settings;
    this.datacenter = datacenter;
    this.state = state;
  }

  /**
   * A request as it came.
   *
   * @param uri path and query as they are written
   * @param headers the value of a header by its name, or null
   */
  record Incoming(
      String method,
      String uri,
      UnaryOperator<@Nullable String> headers,
      byte[] body,
      Optional<Path> file,
      InetAddress client,
      ScheduledExecutorService executor) {
    String rawPath() {
      int question = uri.indexOf('?');
      return question < 0 ? uri : uri.substring(0, question);
    }

    String rawQuery() {
      int question = uri.indexOf('?');
      return question < 0 ? "" : uri.substring(question + 1);
    }
  }

  /**
   * What a request becomes.
   *
   * @param call what to cancel when the client goes
   * @param ofEndpoint whether an endpoint answers, not the server for want of one
   */
  record Dispatched(Optional<Call> call, boolean ofEndpoint, CompletableFuture<Answer> answer) {
    static Dispatched server(Answer answer) {
      return new Dispatched(Optional.empty(), false, CompletableFuture.completedFuture(answer));
    }

    static Dispatched endpoint(Answer answer) {
      return new Dispatched(Optional.empty(), true, CompletableFuture.completedFuture(answer));
    }
  }

  /** How long a body may be. */
  int bodyBytesMax(String uri) {
    String path = pathOf(uri);
    return path.startsWith(KV) || path.startsWith(TXN)
        ? settings.kvValueBytesMax()
        : settings.limits().bodyBytesMax();
  }

  /** Whether the body goes to a file; it does not where it is of no use. */
  boolean takesFile(String method, String uri, InetAddress client) {
    String path = pathOf(uri);
    return mayWrite(client)
        && settings.blockedPrefixes().stream().noneMatch(path::startsWith)
        && router
            .match(path)
            .flatMap(match -> match.endpoint().operation(method))
            .filter(operation -> operation.handler().takesFile())
            .isPresent();
  }

  /** As it is dispatched by; "" where that ends in a refusal. */
  private static String pathOf(String uri) {
    int question = uri.indexOf('?');
    return Escapes.decodePath(question < 0 ? uri : uri.substring(0, question)).orElse("");
  }

  /** The answer to a body that is longer. */
  Answer tooLarge(String uri, long length) {
    String text =
        "Request body(" + length + " bytes) too large, max size: " + bodyBytesMax(uri) + " bytes.";
    String path = pathOf(uri);
    String setting =
        path.startsWith(KV) ? "kv_max_value_size" : path.startsWith(TXN) ? "txn_max_req_len" : "";
    return Answer.text(413, setting.isEmpty() ? text : text + " See " + LIMIT_HELP + setting + ".");
  }

  private static final String LIMIT_HELP =
      "https://developer.hashicorp.com/docs/agent/config/config-files#";

  Dispatched dispatch(Incoming request) {
    String rawPath = request.rawPath();
    Optional<String> path = Escapes.decodePath(rawPath);
    if (path.isEmpty()) {
      return Dispatched.server(Answer.text(400, "400 Bad Request"));
    }
    if (path.get().chars().anyMatch(Character::isISOControl)) {
      return Dispatched.server(Answer.none(400));
    }
    String cleaned = Router.clean(rawPath);
    if (!cleaned.equals(rawPath)) {
      return Dispatched.server(moved(request, cleaned));
    }
    Optional<Router.Match> match = router.match(path.get());
    if (match.isEmpty()) {
      return Dispatched.server(
          router.isSubtreeWithoutSlash(path.get())
              ? moved(request, rawPath + "/")
              : unknown(path.get()));
    }
    return dispatch(request, path.get(), match.get());
  }

  private Dispatched dispatch(Incoming request, String path, Router.Match match) {
    Endpoint endpoint = match.endpoint();
    Optional<Parameters> parameters = Parameters.parse(request.rawQuery());
    if (parameters.isEmpty()) {
      return Dispatched.endpoint(Answer.text(500, ""));
    }
    if (settings.blockedPrefixes().stream().anyMatch(path::startsWith)) {
      return Dispatched.endpoint(Answer.text(403, "Endpoint is blocked by agent configuration"));
    }
    if (!READING.contains(request.method()) && !mayWrite(request.client())) {
      return Dispatched.endpoint(Answer.text(403, "Access is restricted"));
    }
    if (request.method().equals("OPTIONS")) {
      return Dispatched.endpoint(Answer.empty(200).with("Allow", endpoint.allow()));
    }
    Optional<Operation> operation = endpoint.operation(request.method());
    if (operation.isEmpty()) {
      return Dispatched.endpoint(
          Answer.text(405, "method " + request.method() + " not allowed")
              .with("Allow", endpoint.allow()));
    }
    Call call =
        new Call(
            request.method(),
            path,
            parameters.get(),
            request.headers(),
            request.body(),
            request.executor());
    call.routeTo(match.rest());
    request.file().ifPresent(call::bodyIn);
    return new Dispatched(Optional.of(call), true, handle(endpoint, operation.get(), call));
  }

  private CompletableFuture<Answer> handle(Endpoint endpoint, Operation operation, Call call) {
    return Attempt.of(() -> begin(endpoint, operation.handler(), call))
        .exceptionally(ProblemResponses::of);
  }

  private CompletableFuture<Answer> begin(Endpoint endpoint, Handler handler, Call call) {
    refuseOtherTenants(endpoint, call);
    if (isOtherDatacenter(endpoint, call)) {
      return CompletableFuture.completedFuture(
          Answer.text(500, "No path to datacenter").with(handler.headersUnread()));
    }
    if (!endpoint.needsState() || state.isThere()) {
      return handler.handle(call);
    }
    return state.awaited().thenComposeAsync(loaded -> handler.handle(call), call.executor());
  }

  private static void refuseOtherTenants(Endpoint endpoint, Call call) {
    if (!call.parameters().first("partition").isEmpty()) {
      throw enterprise("query parameter: \"partition\"", "Partitions");
    }
    if (call.header("X-Consul-Partition").filter(value -> !value.isEmpty()).isPresent()) {
      throw enterprise("header: \"X-Consul-Partition\"", "Partitions");
    }
    if (endpoint.scope() == Scope.PEERING) {
      return;
    }
    if (!isDefaultNamespace(call.parameters().first("ns"))) {
      throw enterprise("query parameter: \"ns\"", "Namespaces");
    }
    if (!isDefaultNamespace(call.header("X-Consul-Namespace").orElse(""))) {
      throw enterprise("header: \"X-Consul-Namespace\"", "Namespaces");
    }
  }

  private static boolean isDefaultNamespace(String namespace) {
    return namespace.isEmpty() || namespace.equals("default");
  }

  private static HttpProblem enterprise(String where, String what) {
    return HttpProblem.badRequest(
        "Invalid " + where + " - " + what + " are a Consul Enterprise feature");
  }

  private boolean isOtherDatacenter(Endpoint endpoint, Call call) {
    String named = call.parameters().first("datacenter");
    String meant = named.isEmpty() ? call.parameters().first("dc") : named;
    return endpoint.scope() == Scope.DATACENTER && !meant.isEmpty() && !meant.equals(datacenter);
  }

  private boolean mayWrite(InetAddress client) {
    return settings.writers().isEmpty()
        || settings.writers().stream().anyMatch(network -> network.contains(client));
  }

  private static Answer moved(Incoming request, String path) {
    String target = request.rawQuery().isEmpty() ? path : path + "?" + request.rawQuery();
    if (!request.method().equals("GET")) {
      return Answer.none(301).with("Location", target);
    }
    String link = target.replace("&", "&amp;").replace("\"", "&#34;").replace("<", "&lt;");
    return Answer.text(301, "<a href=\"" + link + "\">Moved Permanently</a>.\n\n")
        .with(Map.of("Location", target, Answer.CONTENT_TYPE, "text/html; charset=utf-8"));
  }

  private static Answer unknown(String path) {
    if (path.equals("/")) {
      return Answer.text(
          200,
          "Consul Agent: UI disabled. To enable, set ui_config.enabled=true in the agent"
              + " configuration and restart.");
    }
    return Answer.text(
        404,
        path.contains("/v1/")
            ? "Invalid URL path: not a recognized HTTP API endpoint\n"
            : "Invalid URL path: if attempting to use the HTTP API, ensure the path starts with"
                + " '/v1/'\n");
  }
}
