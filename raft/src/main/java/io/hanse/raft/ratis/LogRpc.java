package io.hanse.raft.ratis;

import io.hanse.fsm.port.IdleThreads;
import java.util.List;
import java.util.concurrent.Executor;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.grpc.GrpcFactory;
import org.apache.ratis.rpc.RpcFactory;
import org.apache.ratis.rpc.RpcType;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.leader.FollowerInfo;
import org.apache.ratis.server.leader.LeaderState;
import org.apache.ratis.server.leader.LogAppender;
import org.apache.ratis.thirdparty.io.grpc.InternalConfigurator;
import org.apache.ratis.thirdparty.io.grpc.InternalConfiguratorRegistry;
import org.apache.ratis.thirdparty.io.grpc.ManagedChannelBuilder;
import org.apache.ratis.thirdparty.io.netty.util.concurrent.FastThreadLocalThread;

/**
 * Says how servers carry the log to each other: over Ratis' gRPC, with fewer threads in the way of
 * an entry. Ratis makes one by its name.
 */
public final class LogRpc implements RpcType {
  private static final int CALLERS = 4;

  static {
    Executor callbacks = callbacks();
    InternalConfiguratorRegistry.setConfigurators(
        List.of(
            new InternalConfigurator() {
              @Override
              public void configureChannelBuilder(ManagedChannelBuilder<?> builder) {
                builder.executor(callbacks).intercept(new PeerLine());
                LineSettings.apply(builder);
              }
            }));
  }

  /**
   * A follower's answer is taken in on the event loop that read it: it is counted, and another
   * thread told. What comes on another thread comes while that begins a call, which must be done
   * before the call is said to have failed.
   */
  private static Executor callbacks() {
    Executor others = IdleThreads.of("log-calls", CALLERS);
    return task -> {
      if (Thread.currentThread() instanceof FastThreadLocalThread) {
        task.run();
      } else {
        others.execute(task);
      }
    };
  }

  @Override
  public String name() {
    return LogRpc.class.getName();
  }

  @Override
  public RpcFactory newFactory(Parameters parameters) {
    return new Factory(parameters);
  }

  private static final class Factory extends GrpcFactory {
    Factory(Parameters parameters) {
      super(parameters);
    }

    @Override
    public LogAppender newLogAppender(
        RaftServer.Division server, LeaderState state, FollowerInfo follower) {
      return new LogSender(server, state, follower);
    }
  }
}
