using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Text.Json;
using CheckpointStandIn;
using Microsoft.HyperV.PowerShell;
using Microsoft.Management.Infrastructure;

// Virtual hard disks: types of the Hyper-V module 2.0.0.0 as in the test stub of dsccommunity/HyperVDsc.
namespace Microsoft.Virtualization.Client.Management
{
    public enum VirtualHardDiskPmemAddressAbstractionType { None = 0, BTT = 1, Unknown = 65535 }
}

namespace Microsoft.Vhd.PowerShell
{
    public enum VhdFormat { Unknown = 0, VHD = 2, VHDX = 3, VHDSet = 4 }

    public enum VhdType { Unknown = 0, Fixed = 2, Dynamic = 3, Differencing = 4 }

    public sealed class VirtualHardDisk
    {
        readonly JsonElement data;

        internal VirtualHardDisk(string path, JsonElement file)
        {
            Path = path;
            data = file;
        }

        public string ComputerName => TheHost.Name;
        public string Path { get; }
        public VhdFormat VhdFormat => System.IO.Path.GetExtension(data.Text("path")).ToLowerInvariant() switch
        {
            ".vhd" or ".avhd" => VhdFormat.VHD,
            ".vhds" => VhdFormat.VHDSet,
            _ => VhdFormat.VHDX,
        };
        public VhdType VhdType => data.Enum<VhdType>("type");
        public ulong FileSize => data.GetProperty("sizeBytes").GetUInt64();
        public ulong Size => data.GetProperty("virtualBytes").GetUInt64();
        public ulong? MinimumSize => Size == 0 ? null : Size - 1048576;
        public uint LogicalSectorSize => 512;
        public uint PhysicalSectorSize => 4096;
        // 2 MiB for differencing disks whatever the parent has, 32 MiB for dynamic ones; recorded Get-VHD outputs.
        public uint BlockSize => VhdType == VhdType.Differencing ? 2097152u : VhdType == VhdType.Dynamic ? 33554432u : 0u;
        // Of a disk without a parent: "" on some builds, $null on others (ghostinthewires/Hyper-V-Reporting-Script, #5).
        public string ParentPath => data.Text("parent") ?? TheHost.Facts.Text("baseParentPath");
        public string DiskIdentifier => data.Text("diskId").ToUpperInvariant();
        // Empty for differencing disks in recorded outputs.
        public uint? FragmentationPercentage => VhdType == VhdType.Dynamic ? 3u : (uint?)null;
        public uint Alignment => 1;
        public bool Attached => data.GetProperty("attached").GetBoolean();
        public uint? DiskNumber => null;
        public bool IsPMEMCompatible => false;
        public Microsoft.Virtualization.Client.Management.VirtualHardDiskPmemAddressAbstractionType AddressAbstractionType =>
            Microsoft.Virtualization.Client.Management.VirtualHardDiskPmemAddressAbstractionType.None;
    }

    public sealed class VHDSetInfo
    {
        public string ComputerName => TheHost.Name;
        public string Path { get; internal set; }
        public IReadOnlyCollection<string> SnapshotIdList { get; internal set; }
        // Filled only when asked for.
        public IReadOnlyCollection<string> AllPaths { get; internal set; }
    }
}

namespace Microsoft.Vhd.PowerShell.Cmdlets
{
    public abstract class VhdCmdlet : Microsoft.HyperV.PowerShell.Commands.VirtualizationCmdlet
    {
        [Parameter, ValidateNotNullOrEmpty]
        public CimSession[] CimSession { get; set; }

        [Parameter, ValidateNotNullOrEmpty]
        public string[] ComputerName { get; set; }

        [Parameter, ValidateNotNullOrEmpty]
        public PSCredential[] Credential { get; set; }

        // The file behind a path, or an error record without a target, as recorded.
        protected JsonElement? Open(string path)
        {
            if (Meets(Faults.Find(Cmdlet, null, null, WindowsPaths.Key(path)), path, null)) return null;
            var file = WindowsPaths.File(path);
            if (file == null) Report(VirtualizationException.Of("ObjectNotFound", path), null);
            else if (file.Value.Text("type") == null)
            {
                Report(VirtualizationException.Of("OperationFailed", path), null);
                return null;
            }
            return file;
        }
    }

    [Cmdlet(VerbsCommon.Get, "VHD", DefaultParameterSetName = "Path")]
    [OutputType(typeof(VirtualHardDisk))]
    public sealed class GetVHD : VhdCmdlet
    {
        [Parameter(ParameterSetName = "Disk", Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true), Alias("Number"), ValidateNotNullOrEmpty]
        public uint DiskNumber { get; set; }

        [Parameter(ParameterSetName = "Path", Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
        [Alias("FullName"), ValidateNotNullOrEmpty]
        public string[] Path { get; set; }

        [Parameter(ParameterSetName = "VMId", Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
        [Alias("Id"), ValidateNotNullOrEmpty]
        public Guid[] VMId { get; set; }

        protected override void ProcessRecord()
        {
            var paths = Path ?? (VMId ?? Array.Empty<Guid>()).SelectMany(DisksOf).ToArray();
            if (!Start(paths)) return;
            // A disk with a missing parent can be read itself; whether the chain holds is found out by reading the parent.
            foreach (var path in paths)
            {
                var file = Open(path);
                if (file != null) WriteObject(new VirtualHardDisk(path, file.Value));
            }
        }

        static IEnumerable<string> DisksOf(Guid id) =>
            Inventory.Vms.Where(vm => vm.Key == id).SelectMany(vm => vm.Drives(vm, null))
                .Where(drive => drive.DiskNumber == null && !string.IsNullOrEmpty(drive.Path)).Select(drive => drive.Path);
    }

    [Cmdlet(VerbsCommon.Get, "VHDSet")]
    [OutputType(typeof(VHDSetInfo))]
    public sealed class GetVHDSet : VhdCmdlet
    {
        [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true), Alias("FullName"), ValidateNotNullOrEmpty]
        public string[] Path { get; set; }

        [Parameter]
        public SwitchParameter GetAllPaths { get; set; }

        protected override void ProcessRecord()
        {
            if (!Start(Path)) return;
            foreach (var path in Path)
            {
                var file = Open(path);
                if (file == null) continue;
                if (file.Value.GetProperty("set").ValueKind == JsonValueKind.Null)
                {
                    Report(VirtualizationException.Of("OperationFailed", path), null);
                    continue;
                }
                var set = file.Value.GetProperty("set");
                WriteObject(new VHDSetInfo
                {
                    Path = path,
                    SnapshotIdList = set.GetProperty("snapshots").EnumerateArray().Select(s => s.GetString()).ToArray(),
                    AllPaths = GetAllPaths ? set.GetProperty("paths").EnumerateArray().Select(s => s.GetString()).ToArray() : null,
                });
            }
        }
    }
}
