// The document lies beside this page: /api/docs reads /api/openapi.json, under whatever path the system is mounted.
SwaggerUIBundle({
  url: new URL("openapi.json", location.href).href,
  dom_id: "#api",
  deepLinking: true,
  persistAuthorization: true,
  // The validator's badge would call a foreign server.
  validatorUrl: null,
});
