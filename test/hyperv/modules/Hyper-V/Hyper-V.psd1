@{
    RootModule        = 'Hyper-V.psm1'
    ModuleVersion     = '2.0.0.0'
    GUID              = '5a2b91a8-27a6-4d0f-8a53-0d8d5f0a7b00'
    Description       = 'Stands in for the Hyper-V module.'
    TypesToProcess    = @('Hyper-V.Types.ps1xml')
    CmdletsToExport   = @('Get-VM', 'Get-VMSnapshot', 'Get-VMHardDiskDrive', 'Get-VMHost', 'Get-VHD', 'Get-VHDSet')
    FunctionsToExport = @()
    AliasesToExport   = @('Get-VMCheckpoint')
    VariablesToExport = @()
}
