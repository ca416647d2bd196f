using Slipway.Api;
using Slipway.Api.Storage;

var app = ApiApp.Build(args);
await app.MigrateDatabase();
await app.RunAsync();
