using System;
using System.Collections.Generic;
using System.Collections.Specialized;
using System.Linq;
using System.Management.Automation;
using System.Text.Json;
using CheckpointStandIn;

// Microsoft docs: Get-Cluster, Get-ClusterNode, Get-ClusterSharedVolume and the objects they give.
namespace Microsoft.FailoverClusters.PowerShell
{
    public enum ClusterNodeState { Unknown = -1, Up = 0, Down = 1, Paused = 2, Joining = 3 }

    public sealed class ClusterCmdletException : Exception
    {
        public ClusterCmdletException(string message) : base(message) { }
    }

    public sealed class Cluster
    {
        public string Name { get; internal set; }
        public string Id { get; internal set; }
        public string Domain { get; internal set; }
    }

    public sealed class ClusterNode
    {
        public Cluster Cluster { get; internal set; }
        public string Name { get; internal set; }
        public string NodeName => Name;
        public string Id { get; internal set; }
        public ClusterNodeState State { get; internal set; }
    }

    public sealed class ClusterDiskPartitionInfo
    {
        public string Name { get; internal set; }
        public string DriveLetter => "";
        public string FileSystem { get; internal set; }
        public ulong Size { get; internal set; }
        public ulong FreeSpace { get; internal set; }
        public ulong UsedSpace => Size - FreeSpace;
        public float PercentFree => Size == 0 ? 0 : 100f * FreeSpace / Size;
    }

    public sealed class ClusterSharedVolumeInfo
    {
        public string FriendlyVolumeName { get; internal set; }
        public string VolumeName => Partition.Name;
        public string FaultState => "NoFaults";
        public bool RedirectedAccess => false;
        public bool MaintenanceMode => false;
        public ClusterDiskPartitionInfo Partition { get; internal set; }
    }

    public sealed class ClusterSharedVolume
    {
        public string Name { get; internal set; }
        public string State => "Online";
        public ClusterNode OwnerNode { get; internal set; }
        public ClusterSharedVolumeInfo[] SharedVolumeInfo { get; internal set; }
    }

    public abstract class ClusterCmdlet : PSCmdlet
    {
        readonly int invocation = Faults.NextInvocation();

        protected bool Start(out JsonElement cluster)
        {
            Faults.Begin(invocation, MyInvocation.MyCommand.Name, Array.Empty<string>());
            cluster = TheHost.Facts.GetProperty("cluster");
            if (cluster.ValueKind != JsonValueKind.Null && Faults.Find(MyInvocation.MyCommand.Name) == null) return true;
            WriteError(new ErrorRecord(new ClusterCmdletException("The cluster service is not running."), "ClusterEndpointNotRegistered", ErrorCategory.ConnectionError, null));
            return false;
        }

        protected static Cluster Of(JsonElement cluster) =>
            new Cluster { Name = cluster.Text("name"), Id = cluster.Text("id"), Domain = TheHost.Facts.Text("domain") };

        protected static IEnumerable<ClusterNode> Nodes(JsonElement cluster) => cluster.GetProperty("nodes").EnumerateArray().Select((node, index) => new ClusterNode
        {
            Cluster = Of(cluster),
            Name = node.Text("name"),
            Id = (index + 1).ToString(),
            State = node.Enum<ClusterNodeState>("state"),
        });

        protected static bool Named(string name, StringCollection names) =>
            names == null || names.Cast<string>().Any(n => WildcardPattern.Get(n, WildcardOptions.IgnoreCase).IsMatch(name));
    }

    [Cmdlet(VerbsCommon.Get, "Cluster")]
    public sealed class GetClusterCommand : ClusterCmdlet
    {
        [Parameter(Position = 0)] public StringCollection Name { get; set; }
        [Parameter] public string Domain { get; set; }

        protected override void ProcessRecord()
        {
            if (Start(out var cluster)) WriteObject(Of(cluster));
        }
    }

    [Cmdlet(VerbsCommon.Get, "ClusterNode")]
    public sealed class GetClusterNodeCommand : ClusterCmdlet
    {
        [Parameter(Position = 0)] public StringCollection Name { get; set; }
        [Parameter(ValueFromPipeline = true)] public PSObject InputObject { get; set; }
        [Parameter] public string Cluster { get; set; }

        protected override void ProcessRecord()
        {
            if (Start(out var cluster)) WriteObject(Nodes(cluster).Where(node => Named(node.Name, Name)), true);
        }
    }

    [Cmdlet(VerbsCommon.Get, "ClusterSharedVolume")]
    public sealed class GetClusterSharedVolumeCommand : ClusterCmdlet
    {
        [Parameter(Position = 0)] public StringCollection Name { get; set; }
        [Parameter(ValueFromPipeline = true)] public PSObject InputObject { get; set; }
        [Parameter] public string Cluster { get; set; }

        protected override void ProcessRecord()
        {
            if (!Start(out var cluster)) return;
            var owner = Nodes(cluster).First();
            foreach (var volume in CimClasses.VolumeData.Where(v => v.Text("root").StartsWith(@"C:\ClusterStorage\", StringComparison.OrdinalIgnoreCase)))
            {
                var name = "Cluster Virtual Disk (" + volume.Text("label") + ")";
                if (!Named(name, Name)) continue;
                var partition = new ClusterDiskPartitionInfo
                {
                    Name = @"\\?\Volume{" + volume.Text("id") + @"}\",
                    FileSystem = volume.Text("fileSystem"),
                    Size = volume.GetProperty("sizeBytes").GetUInt64(),
                    FreeSpace = volume.GetProperty("freeBytes").GetUInt64(),
                };
                var info = new ClusterSharedVolumeInfo { FriendlyVolumeName = volume.Text("root").TrimEnd('\\'), Partition = partition };
                WriteObject(new ClusterSharedVolume { Name = name, OwnerNode = owner, SharedVolumeInfo = new[] { info } });
            }
        }
    }
}
