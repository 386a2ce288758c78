package io.hanse.fsm.view;

/** The kinds of services that mean something here; any other text is stored as it comes. */
public final class ServiceKinds {
  public static final String TYPICAL = "";
  public static final String CONNECT_PROXY = "connect-proxy";
  public static final String MESH_GATEWAY = "mesh-gateway";

  private ServiceKinds() {}
}
