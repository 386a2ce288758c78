package io.hanse.cli.agent.warmup;

import com.google.protobuf.InvalidProtocolBufferException;
import io.hanse.peering.link.Inbound;
import io.hanse.peering.link.LinkStatus;
import io.hanse.peering.link.LinkTarget;
import io.hanse.peering.link.Outbound;
import io.hanse.peering.link.StreamAcceptor;
import io.hanse.peering.link.StreamDialer;
import io.hanse.peering.proto.ReplicationMessage;
import io.hanse.peering.replication.Loop;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Leads to one acceptor, without a network: each message is written, and read again. */
final class PracticeLink implements StreamDialer {
  private final Loop loop;
  private final StreamAcceptor acceptor;

  PracticeLink(Loop loop, StreamAcceptor acceptor) {
    this.loop = loop;
    this.acceptor = acceptor;
  }

  @Override
  public Outbound dial(LinkTarget target, Function<Outbound, Inbound> inbound) {
    End dialer = new End();
    End accepted = new End();
    dialer.other = accepted;
    accepted.other = dialer;
    dialer.inbound = inbound.apply(dialer);
    loop.execute(
        () -> {
          accepted.inbound = acceptor.accept(accepted);
          accepted.deliver();
        });
    return dialer;
  }

  private final class End implements Outbound {
    private final Queue<byte[]> arrived = new ArrayDeque<>();
    private @Nullable End other;
    private @Nullable Inbound inbound;
    private int wanted;
    private boolean hasHeard;
    private boolean isOver;

    @Override
    public void send(ReplicationMessage message) {
      End receiver = other;
      if (!isOver && receiver != null) {
        receiver.arrived.add(message.toByteArray());
        loop.execute(receiver::deliver);
      }
    }

    private void deliver() {
      while (inbound != null && wanted > 0 && !arrived.isEmpty()) {
        wanted--;
        hasHeard = true;
        try {
          inbound.onMessage(ReplicationMessage.parseFrom(arrived.remove()));
        } catch (InvalidProtocolBufferException e) {
          throw new IllegalStateException(e);
        }
      }
    }

    @Override
    public boolean isReady() {
      return !isOver;
    }

    @Override
    public void requestNext() {
      wanted++;
      loop.execute(this::deliver);
    }

    @Override
    public void halfClose() {
      // Nobody says farewell here.
    }

    @Override
    public void close(LinkStatus status) {
      isOver = true;
    }

    @Override
    public Set<String> extensions() {
      return hasHeard ? Set.of(CHANGES, PROMPT_HEARTBEATS) : Set.of();
    }

    @Override
    public String remote() {
      return WarmUp.THREAD;
    }
  }
}
