package indices

// Version is version, which needs no engine.
var Version = version
