@{
    RootModule        = 'CimCmdlets.psm1'
    ModuleVersion     = '1.0.0.0'
    GUID              = '5a2b91a8-27a6-4d0f-8a53-0d8d5f0a7b03'
    Description       = 'Stands in for the CimCmdlets module.'
    CmdletsToExport   = @('Get-CimInstance')
    FunctionsToExport = @()
    AliasesToExport   = @()
    VariablesToExport = @()
}
