package io.hanse.peering.transport;

import io.grpc.BindableService;

/** A service of the external port; hides gRPC from whoever puts the server together. */
public interface ExternalService {
  BindableService binding();
}
