@{
    RootModule        = 'Hyper-V.psm1'
    ModuleVersion     = '2.0.0.0'
    GUID              = 'af4bddd0-8583-4ff2-84b2-a33f5c8de8a7'
    Description       = 'Stands in for the Hyper-V module.'
    TypesToProcess    = @('Hyper-V.Types.ps1xml')
    CmdletsToExport   = @('Get-VM', 'Get-VMSnapshot', 'Get-VMHardDiskDrive', 'Get-VMHost', 'Get-VHD', 'Get-VHDSet')
    FunctionsToExport = @()
    AliasesToExport   = @('Get-VMCheckpoint')
    VariablesToExport = @()
}
