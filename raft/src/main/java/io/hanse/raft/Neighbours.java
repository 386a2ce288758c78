package io.hanse.raft;

import io.hanse.fsm.row.Server;
import io.hanse.fsm.view.HostPort;
import io.hanse.raft.transport.proto.Account;
import io.hanse.raft.transport.proto.JoinReply;
import io.hanse.raft.transport.proto.Stage;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The join exchange: tells every server that can be reached what this one is, and keeps what they
 * say of themselves.
 */
final class Neighbours {
  private static final Logger LOG = LoggerFactory.getLogger(Neighbours.class);

  /** Answers older than this say nothing about who is there. */
  private static final Duration FRESH = Duration.ofSeconds(3);

  /** For so long in vain is worth a word: while servers start, some attempts always fail. */
  private static final Duration UNREACHED_NOTABLE = Duration.ofSeconds(20);

  private static final Duration EXCHANGE = Duration.ofSeconds(1);

  /** A server of no group that was silent for so long is not asked for any more. */
  static final Duration FORGOTTEN = Duration.ofHours(1);

  /**
   * What a server said of itself.
   *
   * @param askedNanos when it was asked: it said so later than that
   */
  record Seen(Account account, long askedNanos) {}

  private final String self;
  private final List<String> retryJoin;
  private final AddressBook book;
  private final PeerCalls peers;
  private final Supplier<Account> ownAccount;
  private final Predicate<String> mayBelong;
  private final LongSupplier nanoClock;
  private final long startNanos;
  private final Map<String, Seen> seen = new ConcurrentSkipListMap<>();

  /** What servers answered, without what they said unasked, which may have been long on its way. */
  private final Map<String, Seen> answered = new ConcurrentSkipListMap<>();

  /** Since when attempts fail. */
  private final Map<InetSocketAddress, Long> unreachedNanos = new ConcurrentHashMap<>();

  private final Set<InetSocketAddress> toldUnreached = ConcurrentHashMap.newKeySet();
  private volatile boolean saysRemoved;
  private volatile boolean saysKept;
  private final Set<String> complaints = ConcurrentHashMap.newKeySet();

  /**
   * @param mayBelong whether a server, by its raft id, is of this one's group, as far as is known
   */
  Neighbours(
      String self,
      List<String> retryJoin,
      AddressBook book,
      PeerCalls peers,
      Supplier<Account> ownAccount,
      Predicate<String> mayBelong,
      LongSupplier nanoClock) {
    this.self = self;
    this.retryJoin = retryJoin;
    this.book = book;
    this.peers = peers;
    this.ownAccount = ownAccount;
    this.mayBelong = mayBelong;
    this.nanoClock = nanoClock;
    this.startNanos = nanoClock.getAsLong();
  }

  /** One round: asks all at once and waits for their answers, at most a second. */
  void exchange() {
    book.retain(this::isNeeded);
    seen.keySet().removeIf(raftId -> !mayBelong.test(raftId) && isLongGone(raftId));
    answered.keySet().retainAll(seen.keySet());
    saysKept = false;
    List<CompletableFuture<Void>> answers = new ArrayList<>();
    Account mine = ownAccount.get();
    for (InetSocketAddress address : targets()) {
      long askedNanos = nanoClock.getAsLong();
      answers.add(
          peers
              .join(address, mine)
              .orTimeout(EXCHANGE.toMillis(), TimeUnit.MILLISECONDS)
              .handle((reply, failure) -> take(address, reply, failure, askedNanos)));
    }
    CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new)).join();
  }

  /**
   * A wiped server comes back under another raft id. Its old ids would be dialled, and passed on,
   * at each exchange for ever.
   */
  private boolean isNeeded(Server server) {
    String raftId = server.getRaftId();
    return raftId.equals(self) || mayBelong.test(raftId) || !isLongGone(raftId);
  }

  private boolean isLongGone(String raftId) {
    return absence(raftId, startNanos).compareTo(FORGOTTEN) > 0;
  }

  private Set<InetSocketAddress> targets() {
    Set<InetSocketAddress> targets = new LinkedHashSet<>();
    for (Server server : book.all()) {
      if (!server.getRaftId().equals(self)) {
        targets.add(AddressBook.address(server.getAddress(), server.getSerfLanPort()));
      }
    }
    for (String hostPort : retryJoin) {
      int colon = hostPort.lastIndexOf(':');
      targets.add(
          AddressBook.address(
              hostPort.substring(0, colon), Integer.parseInt(hostPort.substring(colon + 1))));
    }
    return targets;
  }

  @SuppressWarnings("NullAway") // A future answers with either of both.
  private Void take(
      InetSocketAddress address, JoinReply reply, Throwable failure, long askedNanos) {
    if (failure == null) {
      unreachedNanos.remove(address);
      toldUnreached.remove(address);
      saysRemoved |= reply.getCallerRemoved();
      saysKept |= reply.getCallerKept();
      note(reply.getAccount(), askedNanos);
      keepLatest(answered, reply.getAccount(), askedNanos);
      // Else two servers would tell each other again and again of what both have forgotten.
      book.learn(reply.getKnownList().stream().filter(this::isNeeded).toList());
    } else if (Problems.code(failure).category()
        == io.hanse.fsm.error.ProblemCode.Category.CALLER) {
      complain(
          "server at " + shown(address) + " refuses to join", Problems.cause(failure).getMessage());
    } else if (isUnreachedForLong(address) && toldUnreached.add(address)) {
      LOG.warn(
          "server can't be reached, will be tried on address={} cause=\"{}\"",
          shown(address),
          Problems.cause(failure).getMessage());
    }
    return null;
  }

  private static String shown(InetSocketAddress address) {
    return HostPort.joined(address.getHostString(), address.getPort());
  }

  private boolean isUnreachedForLong(InetSocketAddress address) {
    long now = nanoClock.getAsLong();
    Long since = unreachedNanos.putIfAbsent(address, now);
    return since != null && now - since >= UNREACHED_NOTABLE.toNanos();
  }

  /** Whether the leader of this server's group said that it is not in it any more. */
  boolean saysRemoved() {
    return saysRemoved;
  }

  /** Whether it said in the last exchange that this server, which may have left, is in it still. */
  boolean saysKept() {
    return saysKept;
  }

  /** Takes note of a server, whoever began the exchange. */
  void note(Account account, long askedNanos) {
    String raftId = account.getServer().getRaftId();
    if (raftId.isEmpty() || raftId.equals(self)) {
      return;
    }
    keepLatest(seen, account, askedNanos);
    book.learn(List.of(account.getServer()));
    Server mine = ownAccount.get().getServer();
    String policy = account.getServer().getDefaultIntentionPolicy();
    if (!policy.equals(mine.getDefaultIntentionPolicy())) {
      complain(
          "server " + account.getServer().getNode() + " has another default_intention_policy",
          "ours=" + mine.getDefaultIntentionPolicy() + " theirs=" + policy);
    }
  }

  private static void keepLatest(Map<String, Seen> kept, Account account, long askedNanos) {
    kept.merge(
        account.getServer().getRaftId(),
        new Seen(account, askedNanos),
        (old, fresh) -> fresh.askedNanos - old.askedNanos >= 0 ? fresh : old);
  }

  /** Says each thing once. */
  void complain(String what, String detail) {
    if (complaints.size() < 1000 && complaints.add(what + detail)) {
      LOG.warn("{} detail={}", what, detail);
    }
  }

  /** Those who answered lately. */
  List<Account> present() {
    return fresh().map(Seen::account).toList();
  }

  private Stream<Seen> fresh() {
    long now = nanoClock.getAsLong();
    return seen.values().stream().filter(s -> now - s.askedNanos < FRESH.toNanos());
  }

  Optional<Seen> lately(String raftId) {
    return fresh().filter(s -> s.account.getServer().getRaftId().equals(raftId)).findAny();
  }

  /** What a server answered last. */
  Optional<Seen> answer(String raftId) {
    return Optional.ofNullable(answered.get(raftId));
  }

  /** Since a server answered; since this one's start if it never did. */
  Duration absence(String raftId, long startNanos) {
    Seen last = seen.get(raftId);
    long since = last == null ? startNanos : last.askedNanos;
    return Duration.ofNanos(nanoClock.getAsLong() - since);
  }

  /** The complete groups that can be seen. */
  Set<String> formedGroups() {
    Set<String> groups = new LinkedHashSet<>();
    for (Account account : present()) {
      if (account.getStage() == Stage.STAGE_FORMED) {
        groups.add(account.getGroupId());
      }
    }
    return groups;
  }
}
