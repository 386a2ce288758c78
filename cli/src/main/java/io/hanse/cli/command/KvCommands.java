package io.hanse.cli.command;

import static io.hanse.cli.client.Failures.arguments;
import static io.hanse.cli.client.Failures.during;
import static io.hanse.cli.client.Failures.requireAtMost;

import io.hanse.cli.client.ApiClient;
import io.hanse.cli.client.CommandFailure;
import io.hanse.cli.client.Request;
import io.hanse.cli.client.Response;
import io.hanse.cli.client.ServerFlags;
import io.hanse.cli.client.Session;
import io.hanse.cli.value.JsonText;
import io.hanse.cli.value.SyntaxException;
import io.hanse.cli.value.Value;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "kv", description = "Reads and writes the key-value store.")
public final class KvCommands {
  private static final String NO_KEY = "Error! Missing KEY argument";
  private static final String QUERYING = "Error querying Consul agent";

  private final Session session;

  public KvCommands(Session session) {
    this.session = session;
  }

  @Command(name = "put", description = "Writes a key; its data may be - or @FILE.")
  int put(
      @Mixin ServerFlags server,
      @Option(names = "-cas", description = "Only where -modify-index is the key's.") boolean cas,
      @Option(
              names = "-modify-index",
              defaultValue = "0",
              paramLabel = "<index>",
              description = "0: no such key yet.")
          long modifyIndex,
      @Option(
              names = "-flags",
              defaultValue = "0",
              paramLabel = "<flags>",
              description = "A number kept with the key.")
          String flags,
      @Option(names = "-base64", description = "The data is in base 64.") boolean base64,
      @Option(
              names = "-session",
              defaultValue = "",
              paramLabel = "<session>",
              description = "For -acquire and -release.")
          String lockSession,
      @Option(names = "-acquire", description = "Takes the key's lock.") boolean acquire,
      @Option(names = "-release", description = "Gives the key's lock back.") boolean release,
      @Parameters(paramLabel = "KEY [DATA]") @Nullable List<String> positional) {
    List<String> arguments = arguments(positional);
    String key = arguments.isEmpty() ? "" : arguments.get(0);
    requireKey(key);
    requireAtMost(2, arguments);
    if (key.startsWith("/")) {
      throw new CommandFailure(
          "Error! Failed writing data: Invalid key. Key must not begin with a '/': " + key);
    }
    if ((acquire || release) && lockSession.isEmpty()) {
      throw new CommandFailure("Error! Missing -session (required with -acquire and -release)");
    }
    byte[] data = arguments.size() < 2 ? new byte[0] : content(arguments.get(1));
    Request request =
        Request.put("/v1/kv/" + Request.segments(key))
            .withUnlessEmpty("flags", flags.equals("0") ? "" : flags)
            .withUnlessEmpty("cas", cas ? Long.toUnsignedString(modifyIndex) : "")
            .withUnlessEmpty("acquire", acquire ? lockSession : "")
            .withUnlessEmpty("release", release ? lockSession : "")
            .with(base64 ? decoded(data) : data);
    Response answer =
        during("Error! Failed writing data", () -> server.client(session).send(request).orFail());
    if (acquire || release) {
      String verb = acquire ? "acquire" : "release";
      report(answer, "Lock " + verb + "d on: " + key, "Did not " + verb + " lock");
    } else {
      String lost =
          modifyIndex == 0 ? "CAS performed with index=0 and key already exists." : "CAS failed";
      report(answer, "Data written to: " + key, "Did not write to " + key + ": " + lost);
    }
    return 0;
  }

  private void report(Response answer, String success, String failure) {
    if (!answer.isTrue()) {
      throw new CommandFailure("Error! " + failure);
    }
    session.print("Success! " + success);
  }

  @Command(name = "get", description = "Shows a key, or those under a prefix.")
  int get(
      @Mixin ServerFlags server,
      @Option(names = "-detailed", description = "With all that is kept with a key.")
          boolean detailed,
      @Option(names = "-keys", description = "Only the names of keys.") boolean keys,
      @Option(names = "-recurse", description = "All keys under the prefix.") boolean recurse,
      @Option(
              names = "-separator",
              defaultValue = "/",
              paramLabel = "<separator>",
              description = "With -keys: one level.")
          String separator,
      @Option(names = "-base64", description = "Shows values in base 64.") boolean base64,
      @Parameters(paramLabel = "[KEY or PREFIX]") @Nullable List<String> positional)
      throws IOException {
    List<String> arguments = arguments(positional);
    requireAtMost(1, arguments);
    String key = arguments.isEmpty() ? "" : withoutSlash(arguments.get(0));
    if (key.isEmpty() && !keys && !recurse) {
      throw new CommandFailure(NO_KEY);
    }
    ApiClient api = server.client(session);
    if (keys) {
      Request request =
          Request.get("/v1/kv/" + Request.segments(key))
              .with("keys", "")
              .withUnlessEmpty("separator", separator);
      found(api, request).items().forEach(name -> session.print(name.text()));
      return 0;
    }
    Request request = Request.get("/v1/kv/" + Request.segments(key));
    List<Value> pairs = found(api, recurse ? request.with("recurse", "") : request).items();
    if (pairs.isEmpty() && !recurse) {
      throw new CommandFailure("Error! No key exists at: " + key);
    }
    for (int i = 0; i < pairs.size(); i++) {
      if (detailed) {
        session.out().print(i > 0 ? "\n" : "");
        KvText.detailed(session.out(), pairs.get(i), base64);
      } else {
        session.out().print(recurse ? pairs.get(i).at("Key").text() + ":" : "");
        KvText.value(session.out(), pairs.get(i), base64);
      }
    }
    return 0;
  }

  @Command(name = "delete", description = "Deletes a key, or all under a prefix.")
  int delete(
      @Mixin ServerFlags server,
      @Option(names = "-recurse", description = "All keys under the prefix.") boolean recurse,
      @Option(names = "-cas", description = "Only where -modify-index is the key's.") boolean cas,
      @Option(
              names = "-modify-index",
              defaultValue = "0",
              paramLabel = "<index>",
              description = "Of the key.")
          long modifyIndex,
      @Parameters(paramLabel = "KEY or PREFIX") @Nullable List<String> positional) {
    List<String> arguments = arguments(positional);
    requireAtMost(1, arguments);
    String key = arguments.isEmpty() ? "" : withoutSlash(arguments.get(0));
    if (key.isEmpty() && !recurse) {
      throw new CommandFailure(NO_KEY);
    }
    if (cas && modifyIndex == 0) {
      throw new CommandFailure(
          "Cannot delete a key that does not exist. Provide a -modify-index greater than than 0.");
    }
    if (cas && recurse) {
      throw new CommandFailure("Cannot specify both -cas and -recurse");
    }
    Request request = Request.delete("/v1/kv/" + Request.segments(key));
    Request whole =
        recurse
            ? request.with("recurse", "")
            : request.withUnlessEmpty("cas", cas ? Long.toUnsignedString(modifyIndex) : "");
    Response answer =
        during("Error! Failed deleting data", () -> server.client(session).send(whole).orFail());
    String success = recurse ? "Deleted keys with prefix: " + key : "Deleted key: " + key;
    report(answer, success, "Did not delete key " + key + ": CAS failed");
    return 0;
  }

  @Command(name = "export", description = "Prints keys under a prefix, for import.")
  int export(
      @Mixin ServerFlags server,
      @Parameters(paramLabel = "[PREFIX]") @Nullable List<String> positional) {
    List<String> arguments = arguments(positional);
    requireAtMost(1, arguments);
    String prefix = arguments.isEmpty() ? "" : withoutSlash(arguments.get(0));
    Request request = Request.get("/v1/kv/" + Request.segments(prefix)).with("recurse", "");
    List<Value> entries = new ArrayList<>();
    for (Value pair : found(server.client(session), request).items()) {
      Map<String, Value> entry = new LinkedHashMap<>();
      entry.put("key", pair.at("Key"));
      entry.put("flags", pair.at("Flags"));
      entry.put("value", Value.of(pair.at("Value").text()));
      entries.add(new Value.Fields(entry));
    }
    session.print(JsonText.pretty(new Value.Items(entries), "\t"));
    return 0;
  }

  /** What export printed is not atomic: a failure leaves the keys that were reported. */
  @Command(name = "import", description = "Writes what export printed; - or @FILE.")
  int importKeys(
      @Mixin ServerFlags server,
      @Option(
              names = "-prefix",
              defaultValue = "",
              paramLabel = "<prefix>",
              description = "Put before each key.")
          String prefix,
      @Parameters(paramLabel = "DATA") @Nullable List<String> positional) {
    List<String> arguments = arguments(positional);
    requireAtMost(1, arguments);
    if (arguments.isEmpty()) {
      throw new CommandFailure("Error! Missing DATA argument");
    }
    Value entries;
    try {
      entries = JsonText.parse(new String(content(arguments.get(0)), StandardCharsets.UTF_8));
    } catch (SyntaxException e) {
      throw new CommandFailure("Cannot unmarshal data: " + e.getMessage());
    }
    ApiClient api = server.client(session);
    for (Value entry : entries.items()) {
      String key = prefix + entry.at("key").text();
      byte[] value = decoded(entry.at("value").text().getBytes(StandardCharsets.UTF_8));
      Request request =
          Request.put("/v1/kv/" + Request.segments(key))
              .withUnlessEmpty("flags", entry.at("flags").text().replaceFirst("^0$", ""))
              .with(value);
      during("Error! Failed writing data for key " + key, () -> api.send(request).orFail());
      session.print("Imported: " + key);
    }
    return 0;
  }

  /** No answer for what is not there. */
  private static Value found(ApiClient api, Request request) {
    return during(
        QUERYING,
        () -> {
          Response answer = api.send(request);
          return answer.isNotFound() ? Value.nothing() : answer.orFail().json();
        });
  }

  private byte[] content(String argument) {
    if (argument.equals("-")) {
      return session.standardInput().getBytes(StandardCharsets.UTF_8);
    }
    if (!argument.startsWith("@")) {
      return argument.getBytes(StandardCharsets.UTF_8);
    }
    String name = argument.substring(1);
    try {
      return Files.readAllBytes(session.path(name));
    } catch (IOException e) {
      throw new CommandFailure(
          "Error! Failed to read file: open " + name + ": " + Documents.reason(e));
    }
  }

  /** Consul's client writes an empty value where this fails; better write nothing. */
  private static byte[] decoded(byte[] base64) {
    try {
      return Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      throw new CommandFailure("Error! Cannot base 64 decode data: illegal base64 data");
    }
  }

  private static void requireKey(String key) {
    if (key.isEmpty()) {
      throw new CommandFailure(NO_KEY);
    }
  }

  /** No key begins with a slash, but people write them so. */
  private static String withoutSlash(String key) {
    return key.startsWith("/") ? key.substring(1) : key;
  }
}
