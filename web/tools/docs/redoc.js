// The document lies beside this page: /api/redoc reads /api/openapi.json, under whatever path the system is mounted.
Redoc.init(
  new URL("openapi.json", location.href).href,
  // The search runs in a worker made from a blob, which the Content-Security-Policy refuses.
  { disableSearch: true, hideLoading: true },
  document.getElementById("api"),
);
