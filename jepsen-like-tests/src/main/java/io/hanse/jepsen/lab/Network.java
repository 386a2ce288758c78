package io.hanse.jepsen.lab;

import static java.util.concurrent.TimeUnit.SECONDS;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * A network of its own for the servers of a test: each in a network namespace, all on one bridge,
 * on which this machine has an address too. What one host sends to another can be lost silently,
 * each direction for itself: the sender is told a hardware address that nobody has. Needs root and
 * iproute2; removes what it made, and what one made whose process was killed.
 */
public final class Network implements AutoCloseable {
  private static final int COMMAND_SECONDS = 10;
  private static final int OWNER_DIGITS = 6;
  private static final Pattern SPACE =
      Pattern.compile("\\b(?<network>hj(?<owner>[0-9a-f]{6})[0-9a-f]{2})n\\d+\\b");

  /** An address of a locally administered kind which no host of the bridge has. */
  private static final String NOBODY = "02:00:00:00:00:ee";

  private final String id;
  private final String subnet;
  private final int size;

  private Network(String id, String subnet, int size) {
    this.id = id;
    this.subnet = subnet;
    this.size = size;
  }

  /** Why there can be no such network here; empty where there can. */
  public static Optional<String> obstacle() {
    String probe = "hj" + name() + "p";
    try {
      removeOrphans();
      ip("netns", "add", probe);
      ip("netns", "del", probe);
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of("no network namespaces: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.of("interrupted");
    }
  }

  /** Makes a network of so many hosts. */
  public static Network make(int size) throws IOException, InterruptedException {
    SplittableRandom random = new SplittableRandom();
    Network network =
        new Network(name(), "10." + (128 + random.nextInt(100)) + "." + random.nextInt(256), size);
    try {
      network.build();
      return network;
    } catch (IOException | InterruptedException e) {
      network.close();
      throw e;
    }
  }

  /** Whose it is, six digits, and one of those that this process has. */
  private static String name() {
    HexFormat hex = HexFormat.of();
    return hex.toHexDigits(ProcessHandle.current().pid(), OWNER_DIGITS)
        + hex.toHexDigits(new SplittableRandom().nextLong(), 2);
  }

  /** What a process left behind that was killed, with the servers that are still in it. */
  private static void removeOrphans() throws IOException, InterruptedException {
    Set<String> orphans = new TreeSet<>();
    Matcher spaces = SPACE.matcher(ip("netns", "list"));
    while (spaces.find()) {
      if (ProcessHandle.of(HexFormat.fromHexDigitsToLong(spaces.group("owner"))).isEmpty()) {
        for (String pid : ip("netns", "pids", spaces.group()).lines().toList()) {
          ProcessHandle.of(Long.parseLong(pid.strip())).ifPresent(ProcessHandle::destroyForcibly);
        }
        remove("netns", "del", spaces.group());
        orphans.add(spaces.group("network"));
      }
    }
    orphans.forEach(network -> remove("link", "del", network + "b"));
  }

  private void build() throws IOException, InterruptedException {
    ip("link", "add", bridge(), "type", "bridge");
    ip("addr", "add", subnet + ".254/24", "dev", bridge());
    ip("link", "set", bridge(), "up");
    for (int i = 0; i < size; i++) {
      String space = space(i);
      ip("netns", "add", space);
      ip("link", "add", port(i), "type", "veth", "peer", "name", "eth0", "netns", space);
      ip("link", "set", port(i), "master", bridge(), "up");
      ip("-n", space, "link", "set", "lo", "up");
      ip("-n", space, "addr", "add", address(i) + "/24", "dev", "eth0");
      ip("-n", space, "link", "set", "eth0", "up");
    }
  }

  List<Host> hosts() {
    return IntStream.range(0, size)
        .mapToObj(i -> Host.apart(address(i), List.of("ip", "netns", "exec", space(i))))
        .toList();
  }

  /** Loses all that one host sends to another from now on. The other direction stays. */
  public void cut(int from, int to) throws IOException, InterruptedException {
    ip(
        "-n",
        space(from),
        "neigh",
        "replace",
        address(to),
        "lladdr",
        NOBODY,
        "dev",
        "eth0",
        "nud",
        "permanent");
  }

  /** Whether one host gets an answer of another, of its HTTP API. */
  public boolean reaches(int from, int to) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                "ip",
                "netns",
                "exec",
                space(from),
                "timeout",
                "1",
                "bash",
                "-c",
                "</dev/tcp/" + address(to) + "/" + Host.HTTP)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    if (!process.waitFor(COMMAND_SECONDS, SECONDS)) {
      process.destroyForcibly();
      return false;
    }
    return process.exitValue() == 0;
  }

  /** Delivers everything again. */
  public void heal() throws IOException, InterruptedException {
    for (int i = 0; i < size; i++) {
      ip("-n", space(i), "neigh", "flush", "dev", "eth0", "nud", "permanent");
    }
  }

  private String address(int host) {
    return subnet + "." + (host + 1);
  }

  private String space(int host) {
    return "hj" + id + "n" + host;
  }

  private String port(int host) {
    return "hj" + id + "v" + host;
  }

  private String bridge() {
    return "hj" + id + "b";
  }

  private static String ip(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("ip"));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!process.waitFor(COMMAND_SECONDS, SECONDS)) {
      process.destroyForcibly();
      throw new IOException(String.join(" ", command) + " did not end");
    }
    if (process.exitValue() != 0) {
      throw new IOException(String.join(" ", command) + ": " + said.strip());
    }
    return said;
  }

  @Override
  public void close() {
    for (int i = 0; i < size; i++) {
      remove("netns", "del", space(i));
    }
    remove("link", "del", bridge());
  }

  /** What is not there any more needs no removal. */
  private static void remove(String... arguments) {
    try {
      ip(arguments);
    } catch (IOException e) {
      System.err.println("left behind: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
