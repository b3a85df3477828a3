@{
    RootModule        = 'Storage.psm1'
    ModuleVersion     = '2.0.0.0'
    GUID              = '5a2b91a8-27a6-4d0f-8a53-0d8d5f0a7b01'
    Description       = 'Stands in for the Storage module.'
    CmdletsToExport   = @('Get-Volume')
    FunctionsToExport = @()
    AliasesToExport   = @()
    VariablesToExport = @()
}
