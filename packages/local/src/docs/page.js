// What follows # in an address is sent to no server, so that is how `npm start` hands over a key.
const key = new URLSearchParams(location.hash.slice(1)).get('key');
if (key) history.replaceState(null, '', location.pathname);

const page = window.SwaggerUIBundle({
  url: '/docs/openapi.json',
  dom_id: '#reference',
  deepLinking: true,
  displayRequestDuration: true,
  tryItOutEnabled: true,
  docExpansion: 'list',
  defaultModelExpandDepth: 3,
  defaultModelsExpandDepth: 0,
  // It would send the document to a service on the internet.
  validatorUrl: null,
  onComplete() {
    if (key) page.preauthorizeApiKey('apiKey', key);
  },
});
