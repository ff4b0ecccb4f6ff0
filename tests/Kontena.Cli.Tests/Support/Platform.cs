using System.Runtime.Versioning;

// File modes and symbolic links are part of what is tested.
[assembly: UnsupportedOSPlatform("windows")]
