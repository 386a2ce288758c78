package io.hanse.gateway.feed;

import com.google.protobuf.Any;
import io.grpc.ManagedChannel;
import io.hanse.fsm.row.NodeService;
import io.hanse.peering.link.LinkStatus;
import io.hanse.peering.proto.ProxyOpen;
import io.hanse.peering.protocol.ProxyResources;
import io.hanse.peering.protocol.ResourceType;
import io.hanse.peering.protocol.StreamLimits;
import io.hanse.peering.replication.Loop;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a stream with one of the servers, whichever answers, and hands on what it brings as
 * snapshots. While there is no server the last snapshot stays: how old it is can be asked.
 */
public final class RouteFeed implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RouteFeed.class);

  /** So that not all proxies of a server that ends come to the next one at the same moment. */
  private static final long NEXT_MILLIS_MAX = 250;

  /** Changes that come together are handed on together. */
  private static final long COALESCE_MILLIS = 50;

  /**
   * What this proxy is.
   *
   * @param kind of {@link ProxyResources}
   * @param token shown to the servers; empty for none
   */
  public record Identity(String proxyId, String kind, String token) {
    @Override
    public String toString() {
      return "Identity[" + kind + " " + proxyId + "]";
    }
  }

  private final Loop loop;
  private final Executor blocking;
  private final Identity identity;
  private final FirstContact contact;
  private final Consumer<ProxySnapshot> listener;
  private final ReceivedResources resources;
  private final RandomGenerator random = new SplittableRandom();
  private final BackOff backOff = new BackOff(random);
  private final Deque<String> untried = new ArrayDeque<>();
  private final StreamOwner owner = new StreamOwner();
  private final ServerConnection connection = new ServerConnection();
  private final OwnIndex ownIndex = new OwnIndex();

  private Optional<FirstContact.Found> cluster = Optional.empty();
  private List<String> rootPems = List.of();
  private String clusterId = "";
  private boolean publishing;

  private volatile boolean closed;
  private volatile long confirmedMillis;
  private volatile String server = "";

  /**
   * A feed that is not started.
   *
   * @param blocking runs the first contact
   * @param listener called on the loop, for the first time when all that is needed is known
   */
  public RouteFeed(
      Loop loop,
      Executor blocking,
      Identity identity,
      FirstContact contact,
      Consumer<ProxySnapshot> listener) {
    this.loop = loop;
    this.blocking = blocking;
    this.identity = identity;
    this.contact = contact;
    this.listener = listener;
    this.resources = new ReceivedResources(ProxyResources.of(identity.kind()));
  }

  public void start() {
    loop.execute(this::contact);
  }

  /** The connection to the present server. */
  public Optional<ManagedChannel> channel() {
    return connection.channel();
  }

  /** The present server; empty if there is none. */
  public String server() {
    return server;
  }

  /** Since a server last told something, or lived on after it; -1 if none ever did. */
  public long ageMillis() {
    long confirmed = confirmedMillis;
    return confirmed == 0 ? -1 : Math.max(0, loop.nowMillis() - confirmed);
  }

  private void contact() {
    if (closed) {
      return;
    }
    blocking.execute(
        () -> {
          try {
            FirstContact.Found found = contact.find();
            loop.execute(
                () -> {
                  rootPems = found.rootPems();
                  contacted(found);
                });
          } catch (IOException | RuntimeException e) {
            loop.execute(() -> contactFailed(e));
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
  }

  private void contactFailed(Exception cause) {
    LOG.warn("first contact failed, trying again cause={}", words(cause));
    if (cluster.isPresent()) {
      contacted(cluster.get());
    } else {
      loop.after(backOff.nextMillis(), this::contact);
    }
  }

  private void contacted(FirstContact.Found found) {
    cluster = Optional.of(found);
    if (ownIndex.beginRound(loop.nowMillis())) {
      LOG.warn(
          "no server has come to what this proxy was told: older configuration is taken index={}",
          ownIndex.index());
    }
    List<String> servers = new ArrayList<>(found.servers());
    Collections.shuffle(servers);
    untried.addAll(servers);
    connect();
  }

  private void connect() {
    String address = untried.poll();
    if (closed || cluster.isEmpty()) {
      return;
    }
    if (address == null) {
      loop.after(backOff.nextMillis(), this::contact);
      return;
    }
    FirstContact.Found found = cluster.get();
    try {
      Optional<ManagedChannel> opened =
          connection.open(() -> ServerChannels.open(address, found, rootPems));
      if (opened.isEmpty()) {
        return;
      }
      ServerStream made =
          new ServerStream(loop, opened.get(), identity.kind(), StreamLimits.DEFAULT, owner);
      server = address;
      made.start(open(found), identity.token());
    } catch (IOException | RuntimeException e) {
      LOG.error("cannot connect server={}", address, e);
      ownIndex.ended(LinkStatus.of(LinkStatus.Code.UNAVAILABLE, ""), loop.nowMillis());
      connection.giveUp();
      tryNext();
    }
  }

  /** Only before all are tried again there is a longer pause. */
  private void tryNext() {
    if (untried.isEmpty()) {
      connect();
    } else {
      loop.after(random.nextLong(NEXT_MILLIS_MAX), this::connect);
    }
  }

  private static String words(Exception cause) {
    return cause instanceof IOException ? String.valueOf(cause.getMessage()) : cause.toString();
  }

  private ProxyOpen open(FirstContact.Found found) {
    NodeService registration = found.registration();
    String destination = registration.getProxy().getDestinationServiceName();
    return ProxyOpen.newBuilder()
        .setNode(found.node())
        .setProxyId(identity.proxyId())
        .setKind(identity.kind())
        .setService(destination.isEmpty() ? registration.getService() : destination)
        .setFormatVersion(ProxyResources.FORMAT_VERSION)
        .setClusterId(clusterId)
        .setIndex(ownIndex.said())
        .build();
  }

  private void publishSoon() {
    if (!publishing) {
      publishing = true;
      loop.after(COALESCE_MILLIS, this::publish);
    }
  }

  private void publish() {
    publishing = false;
    if (closed || !resources.isComplete()) {
      return;
    }
    backOff.reset();
    // Another server tells all of it anew, and mostly nothing new.
    if (resources.isChanged()) {
      ProxySnapshot snapshot = resources.snapshot();
      clusterId = snapshot.config().getClusterId();
      rootPems = snapshot.config().getRootPemsList();
      listener.accept(snapshot);
      resources.handedOn();
    }
  }

  /** The loop may be stopped at once: the connection does not rest on it. */
  @Override
  public void close() {
    closed = true;
    connection.close();
  }

  private final class StreamOwner implements ServerStream.Feed {
    @Override
    public Optional<String> received(ResourceType type, String id, Any payload) {
      Optional<String> refusal = resources.store(type, id, payload);
      refusal.ifPresent(
          reason ->
              LOG.warn(
                  "configuration refused kind={} resource={} cause={}",
                  ProxyResources.listId(type),
                  id,
                  reason));
      publishSoon();
      return refusal;
    }

    @Override
    public void heard(long index) {
      ownIndex.heard(index);
      confirmedMillis = loop.nowMillis();
    }

    @Override
    public void ended(LinkStatus status) {
      connection.giveUp();
      if (closed) {
        return;
      }
      ownIndex.ended(status, loop.nowMillis());
      LOG.warn(
          "stream with server ended server={} status={} text={}",
          server,
          status.code(),
          status.text());
      server = "";
      tryNext();
    }
  }
}
