package io.hanse.peering.transport;

import io.grpc.BindableService;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.hanse.fsm.port.Leadership;
import io.hanse.peering.PeeringSettings;
import io.hanse.peering.link.LeaderPlace;
import io.hanse.peering.link.LinkStatus;
import io.hanse.peering.link.SecretIssuer;
import io.hanse.peering.link.StreamAcceptor;
import io.hanse.peering.proto.ExchangeSecretRequest;
import io.hanse.peering.proto.ExchangeSecretResponse;
import io.hanse.peering.proto.PeerStreamServiceGrpc;
import io.hanse.peering.proto.ReplicationMessage;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The service for other clusters. Secrets are exchanged on any server; streams are served by the
 * leader.
 */
public final class PeerStreamEndpoint implements ExternalService {
  private static final AcceptedStream.Form<Received, ReplicationMessage> FORM =
      new AcceptedStream.Form<>() {
        @Override
        public @Nullable ReplicationMessage in(Received received) {
          return received.message();
        }

        @Override
        public ReplicationMessage out(ReplicationMessage message, long index) {
          return message;
        }
      };

  private final PeeringSettings settings;
  private final StreamAcceptor acceptor;
  private final SecretIssuer issuer;
  private final Leadership leadership;
  private final Supplier<Optional<LeaderPlace>> leader;
  private final ScheduledExecutorService timers;

  /**
   * Connects the service to those who decide.
   *
   * @param leader where the leader is, if known
   */
  public PeerStreamEndpoint(
      PeeringSettings settings,
      StreamAcceptor acceptor,
      SecretIssuer issuer,
      Leadership leadership,
      Supplier<Optional<LeaderPlace>> leader,
      ScheduledExecutorService timers) {
    this.settings = settings;
    this.acceptor = acceptor;
    this.issuer = issuer;
    this.leadership = leadership;
    this.leader = leader;
    this.timers = timers;
  }

  @Override
  public BindableService binding() {
    return this::definition;
  }

  private ServerServiceDefinition definition() {
    MethodDescriptor<ReplicationMessage, ReplicationMessage> stream =
        PeerStreamServiceGrpc.getStreamResourcesMethod();
    return ServerServiceDefinition.builder(PeerStreamServiceGrpc.SERVICE_NAME)
        .addMethod(
            stream.toBuilder(
                    Received.marshaller(stream.getRequestMarshaller()),
                    stream.getResponseMarshaller())
                .build(),
            this::open)
        .addMethod(
            PeerStreamServiceGrpc.getExchangeSecretMethod(),
            (call, headers) ->
                ServerCalls.<ExchangeSecretRequest, ExchangeSecretResponse>asyncUnaryCall(
                        (request, answer) -> exchange(request, headers, answer))
                    .startCall(call, headers))
        .build();
  }

  private ServerCall.Listener<Received> open(
      ServerCall<Received, ReplicationMessage> call, Metadata headers) {
    if (!settings.peeringEnabled()) {
      // By the code of a follower's refusal a dialer would come again in milliseconds.
      LinkStatus disabled =
          LinkStatus.of(LinkStatus.Code.UNAVAILABLE, PeeringSettings.NOT_ENABLED_HERE);
      return new EarlyRefusal(call, disabled, timers);
    }
    return leadership.standing().self() && acceptor.isOpen()
        ? new AcceptedStream<>(call, headers, FORM, acceptor::accept)
        : new EarlyRefusal(call, followers(), timers);
  }

  private LinkStatus followers() {
    return new LinkStatus(
        LinkStatus.Code.FAILED_PRECONDITION,
        "cannot establish a peering stream on a follower node",
        Optional.of(leader.get().orElse(LeaderPlace.UNKNOWN)));
  }

  private CompletableFuture<String> answered(ExchangeSecretRequest request, Metadata headers) {
    String peerId = request.getPeerId();
    String secret = request.getEstablishmentSecret();
    String rotation = headers.get(Extensions.ROTATION);
    if (rotation != null) {
      return issuer.follow(peerId, secret, rotation.equals(Extensions.ROTATION_STORED));
    }
    String nonce = headers.get(Extensions.NONCE);
    return issuer.issue(
        peerId,
        secret,
        nonce == null ? "" : nonce,
        Extensions.read(headers).contains(Extensions.TOKEN_REASONS));
  }

  private void exchange(
      ExchangeSecretRequest request,
      Metadata headers,
      StreamObserver<ExchangeSecretResponse> answer) {
    answered(request, headers)
        .whenComplete(
            (secret, failure) -> {
              if (failure != null) {
                LinkStatus status = GrpcStatuses.ofFailure(failure);
                answer.onError(
                    GrpcStatuses.toGrpc(status).asRuntimeException(GrpcStatuses.trailers(status)));
                return;
              }
              answer.onNext(ExchangeSecretResponse.newBuilder().setStreamSecret(secret).build());
              answer.onCompleted();
            });
  }
}
